"""Which operation of the old edition is which of the new one."""

from two_editions import contract, document

from mockserver.change.operations import callbacks, matched, renamed


def edition(**paths):
    operation = document({})["paths"]["/things"]["post"]
    items = {f"/{path.replace('__', '/')}": {"get": {**operation, **more}} for path, more in paths.items()}
    return contract({**document({}), "paths": items})


def test_a_path_is_the_same_whatever_its_parameters_are_called() -> None:
    operation = document({})["paths"]["/things"]["post"]
    old, new = (
        contract({**document({}), "paths": {f"/pets/{{{name}}}": {"get": operation}}}) for name in ("id", "petId")
    )
    (paired,) = matched(old, new).both
    assert renamed(paired) == {"petId": "id"}


def test_an_operation_that_moved_is_known_by_its_id() -> None:
    found = matched(edition(old={"operationId": "a"}, kept={}), edition(new={"operationId": "a"}, kept={}))
    assert [(one.old.template, one.new.template) for one in found.both] == [("/kept", "/kept"), ("/old", "/new")]
    assert (found.gone, found.come) == ((), ())


def test_what_has_no_partner_is_gone_or_has_come() -> None:
    found = matched(edition(a={}, b={}), edition(b={}, c={}))
    assert [one.template for one in found.gone] == ["/a"]
    assert [one.template for one in found.come] == ["/c"]


def test_in_a_callback_the_api_asks() -> None:
    called = {"done": {"{$request.body#/url}": {"post": {"responses": {"200": {"description": "d"}}}}}}
    old, new = contract(document({"callbacks": called})), contract(document({"callbacks": called}))
    (above,) = matched(old, new).both
    (paired,) = callbacks(old, new, above).both
    assert (above.reversed, paired.reversed) == (False, True)
