"""How is it spelled: parameters and bodies, from the wire and to the wire."""
