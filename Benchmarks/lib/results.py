"""Figures, what follows from them, and Markdown tables to put them in.

A ratio is one server's figure by another's of the same round; the median over the rounds counts.
A target is judged only when both sides ran without one bad connection, and as root, without which Doorward leaves out
part of its work.
"""
import statistics


class Results:
    """One part of the results: its figures by measurement and label, and the verdicts on its targets."""

    def __init__(self, part, is_root):
        self.figures = part["figures"]
        self.missing = part["missing"]
        self.memory = part.get("memory", {})
        self.is_root = is_root
        self.verdicts = []

    def values(self, measurement, label, key):
        return [result[key] for result in self.figures.get(measurement, {}).get(label, [])]

    def bad(self, measurement, label):
        return sum(self.values(measurement, label, "bad"))

    def median(self, measurement, label, key, form, scale=1.0):
        """median (least–most), or why there is none."""
        values = [value * scale for value in self.values(measurement, label, key)]
        if not values:
            return "not run"
        if not any(self.values(measurement, label, "good")):
            return "none good"
        return f"{statistics.median(values):{form}} ({min(values):{form}}–{max(values):{form}})"

    def ratios(self, measurement, own, peer, key):
        """The rounds' ratios own/peer."""
        pairs = zip(self.values(measurement, own, key), self.values(measurement, peer, key))
        return [mine / theirs for mine, theirs in pairs if mine > 0 and theirs > 0]

    def ratio(self, measurement, own, peer, key):
        """Median of the rounds' ratios own/peer, or None."""
        ratios = self.ratios(measurement, own, peer, key)
        return statistics.median(ratios) if ratios else None

    def is_clean(self):
        """Whether not one connection went wrong."""
        return all(run["bad"] == 0 for labels in self.figures.values() for runs in labels.values() for run in runs)

    def faults(self):
        """What did not run, and what went wrong, as lines for the report."""
        lines = [f"- Not run: {label}: {why}" for label, why in self.missing.items()]
        for measurement, labels in self.figures.items():
            for label in labels:
                if bad := self.bad(measurement, label):
                    fault = next(fault for fault in self.values(measurement, label, "fault") if fault)
                    lines.append(f"- Bad: {label}, {measurement}: {bad} connections; the first: {fault}")
        return lines

    def judge(self, value, is_reached, bound, sides):
        """The text for the column 'target', and a note of it for the exit status. sides: [(measurement, label)]."""
        bad = [f"{label}: {self.bad(measurement, label)} bad" for measurement, label in sides
               if self.bad(measurement, label)]
        absent = [label for _, label in sides if label in self.missing]
        if absent:
            verdict = f"not judged ({', '.join(absent)} not run)"
        elif bad:
            verdict = f"not judged ({', '.join(bad)})"
        elif value is None:
            verdict = "not judged (no figure)"
        elif not self.is_root:
            verdict = "not judged (not root)"
        else:
            verdict = "reached" if is_reached(value) else "short"
        self.verdicts.append(verdict)
        return f"{bound}: {verdict}"


def times(value):
    return "" if value is None else f"{value:.2f}x"


def table(head, rows):
    lines = [head] + [["---"] + ["--:"] * (len(head) - 1)] + rows
    return [f"| {' | '.join(cells)} |" for cells in lines] + [""]
