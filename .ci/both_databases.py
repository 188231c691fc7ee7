"""Fail unless each database had its half of the suite and nothing was skipped: both_databases.py JUNIT_XML"""

import sys
import xml.etree.ElementTree as ET
from collections import Counter

DATABASES = ("sqlite", "postgresql")


def main(path: str) -> int:
    ran: dict[str, Counter[str]] = {database: Counter() for database in DATABASES}
    skipped = []
    for case in ET.parse(path).iter("testcase"):
        name = f"{case.get('classname')}.{case.get('name')}"
        if case.find("skipped") is not None:
            skipped.append(name)
        test, parameters = name.partition("[")[0], name.rpartition("[")[2].rstrip("]").split("-")
        for database in DATABASES:
            ran[database][test] += database in parameters
    print("tests by database:", ", ".join(f"{database} {ran[database].total()}" for database in DATABASES))
    sqlite, postgresql = ran.values()
    alike = sqlite == postgresql and sqlite.total()
    for name in skipped:
        print("skipped:", name)
    for name in sqlite | postgresql:
        if sqlite[name] != postgresql[name]:
            print(f"{name}: {sqlite[name]} on SQLite, {postgresql[name]} on PostgreSQL")
    if skipped or not alike:
        print("the suite must run whole, and alike on both databases")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
