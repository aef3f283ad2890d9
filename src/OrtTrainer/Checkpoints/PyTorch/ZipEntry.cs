namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>An uncompressed file within a zip archive: where its bytes lie.</summary>
internal readonly record struct ZipEntry(string Name, long Offset, long Length);
