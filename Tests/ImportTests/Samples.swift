// Files to import, written for these tests: every form that the importers know.

enum Samples {
    static let inetd = """
        # name  type  protocol  wait  user  program  arguments
        #@ ipsec ah/require
        ftp     stream  tcp     nowait  root            /usr/sbin/tcpd  /usr/sbin/in.ftpd -l
        telnet  stream  tcp6    nowait.40 telnetd.utmp  /usr/sbin/tcpd  in.telnetd
        #<off># finger stream tcp nowait nobody /usr/sbin/in.fingerd in.fingerd -w
        8080    stream  tcp4    nowait/10/5/3 www:www/web /usr/sbin/micro-httpd micro-httpd /srv/www
        127.0.0.1:8081 stream tcp nowait www /bin/busybox httpd -i
                -h "/srv/my files"
        tftp    dgram   udp     wait    nobody          /usr/sbin/in.tftpd in.tftpd /srv
        mountd/1 stream rpc/tcp wait   root            /usr/sbin/rpc.mountd
        9000    stream  tcp,rcvbuf=64k nowait.0 www     /usr/bin/x x

        localhost:
        echo    stream  tcp     nowait  internal
        daytime stream  tcp     nowait  root    internal
        tcpmux  stream  tcp     nowait  root    internal
        sub.example:smtp stream tcp nowait mail /usr/sbin/exim4 exim4 -bs
        10.0.0.1,[2001:db8::1]:smtp stream tcp nowait mail /usr/sbin/exim4 exim4 -bs
        *:
        :www:www:660:/run/a.sock stream unix nowait www /usr/bin/a a
        /run/b.sock stream unix nowait www /usr/bin/b
        .include /etc/inetd/*.conf
        ftp on acceptfilter=dataready;
        nonsense
        unheard stream tcp nowait www /usr/bin/x x
        99      stream tcp nowait 99999999999 /usr/bin/x x
        98      stream tcp perhaps www /usr/bin/x x
        97      raw tcp nowait www /usr/bin/x x
        """

    static let xinetd = """
        # defaults
        defaults
        {
            instances      = 60
            log_type       = SYSLOG authpriv
            log_on_success = HOST PID
            log_on_failure = USERID
            cps            = 25 30
            no_access      = 10.9.0.0
            disabled       = telnet
            umask          = 002
            colour         = red
        }
        includedir /etc/xinetd.d

        service ftp
        {
            id              = ftp-main
            socket_type     = stream
            protocol        = tcp
            wait            = no
            user            = ftp
            group           = ftp
            groups          = yes
            server          = /usr/sbin/in.ftpd
            server_args     = -l -a
            flags           = NODELAY KEEPALIVE IPv4 REUSE NORETRY
            only_from       = 10.0.0.0 192.0.2.{1,5} 2001:db8::/32 .example.org localhost
            no_access       += 10.1.2.3
            access_times    = 2:00-8:59 12:00-24:00
            instances       = 4
            per_source      = 2
            cps             = 10 5
            max_load        = 2.5
            nice            = 10
            env             = A=1 B=2=3 LD_PRELOAD=x
            env             += C=4
            passenv         =
            rlimit_as       = 8M
            rlimit_files    = 64
            rlimit_cpu      = 20
            rlimit_stack    = 1M
            banner          = /etc/banner
            banner_fail     = /etc/banner.no
            log_on_success  += DURATION TRAFFIC
            log_on_failure  -= USERID
            bind            = 192.0.2.1
            socket_backlog  = 20
            instnces        = 4
        }

        service telnet {
            wait = no
            user = root
            flags = NAMEINARGS
            server = /usr/sbin/tcpd
            server_args = /usr/sbin/in.telnetd
        }
        service irc
        {
            socket_type = stream
            wait        = no
            user        = root
            flags       = SENSOR
            type        = INTERNAL
            deny_time   = 60
        }
        service echo
        {
            type        = INTERNAL
            id          = echo-stream
            wait        = no
            user        = root
            disable     = yes
        }
        service echo
        {
            type        = INTERNAL
            id          = echo-dgram
            socket_type = dgram
            wait        = yes
        }
        service mine
        {
            type   = UNLISTED
            port   = 20020
            wait   = no
            server = /usr/bin/mine
        }
        service forward
        {
            port     = 20021
            redirect = 10.0.0.7 23
            wait     = no
        }
        out of place
        """

    static let tcprules = """
        # who may relay
        127.0.0.1:allow,RELAYCLIENT=""
        10.0.:deny
        10.0.3.:allow,RELAYCLIENT="@fix.me",TCPLOCALHOST="x",GREETING="two words"
        1.2.3.37-53:allow,A=/b/,A="c"
        1.2.3.40:deny,WHY="never seen"
        10.2-3.:deny
        =.example.org:allow
        =:deny
        joe@10.1.1.1:allow
        2001:db8::1:allow
        10.0:allow
        010.:deny
        no colon
        5.6.7.8:perhaps
        127.0.0.1:deny
        :deny
        """
}
