"""What `mockserver drift --fix` writes: an overlay beside a vendor's document, or a patch of one of our own."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote

import click

from mockserver.cassette.model import Interaction
from mockserver.document.edits import Append, Edit, Put, actions_of, changed
from mockserver.document.overlay import apply
from mockserver.document.read import read
from mockserver.document.rewrite import edited
from mockserver.document.unified import unified
from mockserver.edges import cassette_files, files
from mockserver.edges.yaml_text import write_yaml_text
from mockserver.errors import UnreadableDocument
from mockserver.jobs.drift.patch import Patch, Proposal, propose, told
from mockserver.jobs.drift.watch import Seen
from mockserver.jobs.homes import Located
from mockserver.jobs.service import Service
from mockserver.values import JSON

_VERSION = "1.1.0"


def fix(
    seen: Seen,
    service: Service,
    recorded: Sequence[tuple[Interaction, Located]],
    *,
    is_ours: bool,
    apply_to: str,
) -> None:
    """Write what makes the contract true again, and say what for; `apply_to` is safe, all, or empty."""
    documents = service.contract.documents
    overlay = files.overlay_of(documents.root)
    by_overlay = overlay is not None or not is_ours
    # an overlay changes the first document only: what others describe gets its own schema where it is used
    mine = (documents.root,) if by_overlay else tuple(uri for uri in documents.data if not files.is_address(uri))
    patch = propose(seen.drifts, seen.sights, service, recorded, editable=mine, safe_only=apply_to == "safe")
    for line in told(patch):
        click.echo(line, err=True)
    if files.is_address(documents.root):
        click.echo(
            "next   nothing is written for a contract at an address: mockserver add NAME URL keeps it here", err=True
        )
        return
    if not patch.proposals:
        return
    path = Path(unquote(documents.root))
    if by_overlay:
        _laid_over(overlay or path.with_name(f"{path.stem}.overlay.yaml"), patch, service)
    else:
        _patched(patch, documents.data, write=bool(apply_to))


def _patched(patch: Patch, data: Mapping[str, bytes], *, write: bool) -> None:
    """Print the change of documents as a patch, or make it."""
    texts: dict[str, bytes] = {}
    for proposal in patch.proposals:
        try:
            texts.update(_edited(proposal, {**data, **texts}))
        except UnreadableDocument as refused:
            click.echo(f"left   {proposal.sentence}: {refused.what}", err=True)
    for uri, text in texts.items():
        path = Path(unquote(uri))
        if write:
            cassette_files.replace_file(path, text)
            click.echo(f"wrote {path.as_posix()}", err=True)
        else:
            click.echo(unified(data[uri], text, os.path.relpath(path)), nl=False)
    if texts and not write:
        click.echo("next   git apply takes what is printed, or --apply safe|all writes it", err=True)


def _edited(proposal: Proposal, texts: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the documents that a proposal changes: all of it, or nothing."""
    new: dict[str, bytes] = {}
    for change in proposal.changes:
        new[change.uri] = edited(new.get(change.uri, texts[change.uri]), change.edit, change.uri)
    return new


def _actions(patch: Patch, tree: JSON) -> Iterator[JSON]:
    for proposal in patch.proposals:
        for change in proposal.changes:
            yield from ({**one, "description": proposal.sentence} for one in actions_of(change.edit, tree))
            tree = changed(tree, change.edit)


def _laid_over(path: Path, patch: Patch, service: Service) -> None:
    """Write the changes as actions of the overlay beside a document, behind those that it has."""
    documents = service.contract.documents
    actions = list(_actions(patch, service.contract.root.tree))
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
    vendor = read(documents.data[documents.root], documents.root)
    if apply(vendor, read(text, uri), uri=uri)[0] != patch.trees[documents.root]:
        raise UnreadableDocument(
            "the overlay cannot be extended: laid over the document it comes to something else",
            where=path.as_posix(),
            fix="look at its actions, or move it away and run this again",
        )
    cassette_files.replace_file(path, text)
    click.echo(f"wrote {path.as_posix()}: {len(actions)} actions", err=True)
