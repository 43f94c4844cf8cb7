"""How much memory a process holds now."""

import subprocess
from pathlib import Path


def resident_mb(pid: int) -> float:
    """The resident memory of process `pid` in millions of bytes: from /proc, or from `ps` where there is none."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
        kibibytes = int(line.split()[1])
    else:
        told = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
        kibibytes = int(told.stdout)
    return kibibytes * 1024 / 1e6
