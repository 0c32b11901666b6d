"""Writes realistic, visibly fictional returns, so that the whole house can be tried without anybody's data."""

from zhibao.samples.manifest import Manifest
from zhibao.samples.write import write_samples

__all__ = ["Manifest", "write_samples"]
