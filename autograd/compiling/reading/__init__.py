"""Reading: the user's source, read and written anew, so that a recording sees more than the one way that it takes."""
