"""Asks pip-audit and npm about the locked dependencies, and judges what they say: `audit.py PIP_AUDIT NPM`.

Neither's exit code will do. pip-audit counts what it could not look up as no fault, and both end alike on a fault and
on a service that cannot be reached.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CLEAN, FAULTY, UNKNOWN = 0, 1, 2


def main(pip_audit: str, npm: str) -> int:
    """Say what is known of each lock file; give the exit code."""
    judged = [python_packages(pip_audit, lock) for lock in sorted((ROOT / "requirements").glob("*.txt"))]
    judged.append(engines(npm))
    # What is unknown must not look clean, and a fault is worse news.
    return FAULTY if FAULTY in judged else max(judged)


def python_packages(pip_audit: str, lock: Path) -> int:
    report = report_of([pip_audit, "--disable-pip", "--require-hashes", "--format", "json", "--requirement", str(lock)])
    packages = report.get("dependencies") or []
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    faults = [f"{one['name']} {one['version']}: {fault['id']}" for one in packages for fault in one.get("vulns", [])]
    return judge(f"requirements/{lock.name}", len(packages) - len(unknown), faults, unknown)


def engines(npm: str) -> int:
    """The engines that tests start on this machine alone; what is found there is told, and is no fault of the skill."""
    report = report_of([npm, "audit", "--package-lock-only", "--json", "--prefix", str(ROOT / "tests" / "engines")])
    if "auditReportVersion" not in report:
        return judge("tests/engines", 0, [], [])
    found = report["metadata"]
    for name, fault in report["vulnerabilities"].items():
        print(f"audit: tests/engines: {name}: {fault['severity']}, in a test engine")
    return judge("tests/engines", found["dependencies"]["total"], [], [])


def report_of(command: list[str]) -> dict[str, Any]:
    """What a tool printed; empty where that is no report."""
    try:
        done = subprocess.run(command, capture_output=True, check=False)
        report = json.loads(done.stdout)
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}


def judge(what: str, known: int, faults: list[str], unknown: list[str]) -> int:
    for fault in faults:
        print(f"audit: {what}: {fault}")
    if unknown:
        print(f"audit: {what}: {len(unknown)} not looked up, among them {unknown[0]}: nothing is known of them.")
    elif not known:
        print(f"audit: {what}: the advisory service did not answer: nothing is known.")
    else:
        print(f"audit: {what}: {known} looked up, {len(faults)} faults.")
    if faults:
        return FAULTY
    return UNKNOWN if unknown or not known else CLEAN


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
