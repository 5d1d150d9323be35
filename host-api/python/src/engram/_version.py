"""The version of this package: that of the server it comes with."""

VERSION = "0.1.0"
