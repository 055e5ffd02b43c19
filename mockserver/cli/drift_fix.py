"""What `mockserver drift --fix` writes: an overlay beside a vendor's document, or a patch of one of our own."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

import click

from mockserver.cassette.model import Interaction
from mockserver.document.documents import name_of
from mockserver.document.edits import Append, Edit, Put, actions_of, changed
from mockserver.document.rewrite import edited
from mockserver.document.overlay import apply
from mockserver.document.read import read
from mockserver.edges import cassette_files, files
from mockserver.edges.yaml_text import write_yaml_text
from mockserver.errors import UnreadableDocument
from mockserver.jobs.drift.gather import Drift
from mockserver.jobs.drift.patch import Patch, propose, told
from mockserver.jobs.homes import Located
from mockserver.jobs.service import Service
from mockserver.values import JSON

_VERSION = "1.1.0"


def fix(
    drifts: Sequence[Drift],
    service: Service,
    recorded: Sequence[tuple[Interaction, Located]],
    *,
    is_ours: bool,
    apply_to: str,
) -> None:
    """Write what makes the contract true again, and say what for; `apply_to` is safe, all, or empty."""
    patch = propose(drifts, service, recorded, safe_only=apply_to == "safe")
    for line in told(patch):
        click.echo(line, err=True)
    root = service.contract.documents.root
    if not patch.proposals or files.is_address(root):
        return
    path = Path(unquote(root))
    overlay = files.overlay_of(root)
    if is_ours and overlay is None:
        _patched(path, root, patch, service, write=bool(apply_to))
    else:
        _laid_over(overlay or path.with_name(f"{path.stem}.overlay.yaml"), root, patch, service)


def _patched(path: Path, uri: str, patch: Patch, service: Service, *, write: bool) -> None:
    """Print the change of a document as a patch, or make it."""
    before = after = service.contract.documents.data[uri]
    for proposal in patch.proposals:
        try:
            text = after
            for edit in proposal.edits:
                text = edited(text, edit, uri)
            after = text
        except UnreadableDocument as refused:
            click.echo(f"left   {proposal.sentence}: {refused.what}", err=True)
    if write:
        cassette_files.replace_file(path, after)
        click.echo(f"wrote {path.as_posix()}", err=True)
        return
    name = name_of(uri)
    lines = difflib.unified_diff(
        before.decode().splitlines(keepends=True), after.decode().splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    click.echo("".join(lines), nl=False)


def _laid_over(path: Path, root: str, patch: Patch, service: Service) -> None:
    """Write the changes as actions of the overlay beside a document, behind those that it has."""
    tree = service.contract.root.tree
    actions: list[JSON] = []
    for proposal in patch.proposals:
        for edit in proposal.edits:
            actions.extend({**one, "description": proposal.sentence} for one in actions_of(edit, tree))
            tree = changed(tree, edit)
    uri = files.uri_of(path)
    if path.is_file():
        text = path.read_bytes()
        edits: list[Edit] = [Append("/actions", action) for action in actions]
        if not str(read(text, uri).get("overlay")).startswith("1.1"):
            edits.insert(0, Put("/overlay", _VERSION))
        for edit in edits:
            text = edited(text, edit, uri)
    else:
        info = {"title": f"What {service.name} says on the wire, and its document does not", "version": "1.0.0"}
        text = write_yaml_text({"overlay": _VERSION, "info": info, "actions": actions}).encode()
    vendor = read(service.contract.documents.data[root], root)
    if apply(vendor, read(text, uri), uri=uri)[0] != patch.tree:
        raise UnreadableDocument(
            "the overlay cannot be extended: laid over the document it comes to something else",
            where=path.as_posix(),
            fix="look at its actions, or move it away and run this again",
        )
    cassette_files.replace_file(path, text)
    click.echo(f"wrote {path.as_posix()}: {len(actions)} actions", err=True)
