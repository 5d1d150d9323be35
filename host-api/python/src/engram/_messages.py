"""The messages of engram.v1, built at import from the protocol's descriptor set.

Generated classes would bind the package to one version of protobuf; the descriptor set does not. The
pool is the package's own, so that other packages may have an engram.v1 of theirs.
"""

from importlib import resources
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

#: The protocol as a serialized google.protobuf.FileDescriptorSet.
DESCRIPTORS: bytes = resources.files("engram").joinpath("engram.v1.binpb").read_bytes()

_pool = descriptor_pool.DescriptorPool()
_files = descriptor_pb2.FileDescriptorSet.FromString(DESCRIPTORS).file
for _file in _files:
    _pool.Add(_file)
_classes: dict[str, Any] = message_factory.GetMessageClassesForFiles([f.name for f in _files], _pool)

Request: Any = _classes["engram.v1.Request"]
Response: Any = _classes["engram.v1.Response"]
Status: Any = _classes["engram.v1.Status"]


def number(enum: str, name: str) -> int:
    """Number of a value of an enum, such as ``number("Code", "CODE_NOT_FOUND")``."""
    return int(_pool.FindEnumTypeByName("engram.v1." + enum).values_by_name[name].number)


def label(enum: str, value: int) -> str:
    """Name of a value of an enum without the enum's prefix, in lower case; the number if unknown."""
    kind = _pool.FindEnumTypeByName("engram.v1." + enum)
    found = kind.values_by_number.get(value)
    if found is None:
        return str(value)
    prefix: str = kind.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return str(found.name).removeprefix(prefix).lower()
