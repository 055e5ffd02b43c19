"""Tell the same facts in many formats; knows only its own model."""
