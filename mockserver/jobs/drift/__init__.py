"""Does the live API still keep its contract? What is asked, what it shows, how sure that is, and how to mend it."""
