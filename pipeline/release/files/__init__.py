"""Files of a release: tables in every format, pages, descriptors, and the folder that holds them."""
