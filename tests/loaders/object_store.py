"""An S3 server in this process, for tests of loading from it."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3  # type: ignore[import-untyped] # it has no types
import pytest
from moto.server import ThreadedMotoServer

from core.storage import S3Storage

REGION = "eu-north-1"


@dataclass(frozen=True)
class ObjectStore:
    """The server's address, a client that writes, and the storage that reads."""

    url: str
    client: Any
    storage: S3Storage
    bucket: str

    def address(self, key: str) -> str:
        """The address of an object."""
        return f"s3://{self.bucket}/{key}"

    def put(self, key: str, data: bytes) -> str:
        """Store an object; its address."""
        self.client.put_object(Bucket=self.bucket, Key=key, Body=data)
        return self.address(key)


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """A server with one empty bucket while it lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        server.start()
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        client = boto3.client("s3", endpoint_url=url, region_name=REGION)
        # All servers of a process know the same buckets.
        bucket = f"bucket-{secrets.token_hex(6)}"
        client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield ObjectStore(url, client, S3Storage(endpoint_url=url, region=REGION), bucket)
        client.close()
        server.stop()
