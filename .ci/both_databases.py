"""Fail unless each database had its half of the suite and nothing was skipped: both_databases.py JUNIT_XML"""

import sys
import xml.etree.ElementTree as ET
from collections import Counter

DATABASES = ("sqlite", "postgresql")


def main(path: str) -> int:
    ran: Counter[str] = Counter()
    skipped = []
    for case in ET.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("skipped") is not None:
            skipped.append(name)
        for database in DATABASES:
            ran[database] += database in case.get("name", "").rpartition("[")[2].rstrip("]").split("-")
    print("tests by database:", ", ".join(f"{database} {ran[database]}" for database in DATABASES))
    for name in skipped:
        print("skipped:", name)
    if skipped or not ran["sqlite"] or ran["sqlite"] != ran["postgresql"]:
        print("the suite must run whole, and alike on both databases")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
