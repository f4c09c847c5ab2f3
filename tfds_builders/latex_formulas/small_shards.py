"""Shards small enough to shuffle well."""

import tensorflow_datasets as tfds

_MIN_SHARD_SIZE = 12 << 20
_MAX_SHARD_SIZE = 48 << 20


class SmallShards:
    """Gives a builder, named before TFDS's own class, shards of at most 48 MiB."""

    def download_and_prepare(self, *, download_dir=None, download_config=None, **kwargs):
        """As every TFDS builder does, but with shards of at most 48 MiB unless told otherwise."""
        default = tfds.download.DownloadConfig()
        download_config = download_config or default
        if download_config.max_shard_size == default.max_shard_size:
            download_config = download_config.replace(min_shard_size=_MIN_SHARD_SIZE, max_shard_size=_MAX_SHARD_SIZE)
        super().download_and_prepare(download_dir=download_dir, download_config=download_config, **kwargs)
