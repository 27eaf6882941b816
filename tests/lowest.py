"""setup.cfg in, pip constraints that pin each direct dependency to its lower bound out (`make test-lowest`)."""

import re
from configparser import ConfigParser
from pathlib import Path


def lowest() -> list[str]:
    config = ConfigParser()
    config.read(Path(__file__).resolve().parents[1] / "setup.cfg", encoding="utf-8")
    lines = config["options"]["install_requires"].split("\n")
    return [re.sub(r"\s*>=\s*([\d.]+).*", r"==\1", line) for line in lines if line]


if __name__ == "__main__":
    print("\n".join(lowest()))
