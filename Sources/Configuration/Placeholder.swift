// filled by Configuration
