"""`python -m service` is `dunlog`."""

from service.cli import main

if __name__ == "__main__":
    main()
