"""From a line of sources.yaml to a source that can be asked. Nothing is connected yet."""

from __future__ import annotations

from pathlib import Path

from zhibao.programme.models import Programme
from zhibao.sources.config import AnySpec, FolderSpec, MailboxSpec, S3Spec, TreeSpec
from zhibao.sources.endpoint import FindEndpoint
from zhibao.sources.folder import FolderTree
from zhibao.sources.mailbox import MailboxSource
from zhibao.sources.model import Source
from zhibao.sources.s3 import S3Tree
from zhibao.sources.sftp import SftpTree
from zhibao.sources.tree import Tree, TreeSource


def open_source(spec: AnySpec, programme: Programme, inbox: Path, find_endpoint: FindEndpoint) -> Source:
    """Raises OperatorError when the connection that the spec names is nowhere."""
    if isinstance(spec, MailboxSpec):
        return MailboxSource(spec, find_endpoint(spec.connection), units_by_address(programme, spec.units))
    return TreeSource(spec, _tree(spec, inbox, find_endpoint), programme.units)


def units_by_address(programme: Programme, units: list[str]) -> dict[str, str]:
    """Lower-case address → the unit that it speaks for, of these units (of all, if none is named)."""
    return {
        address.casefold(): contact.unit
        for contact in programme.contacts if not units or contact.unit in units for address in contact.addresses
    }


def _tree(spec: TreeSpec, inbox: Path, find_endpoint: FindEndpoint) -> Tree:
    if isinstance(spec, FolderSpec):
        return FolderTree(inbox)
    endpoint = find_endpoint(spec.connection)
    return S3Tree(endpoint, spec.name, spec.bucket) if isinstance(spec, S3Spec) else SftpTree(endpoint, spec.name)
