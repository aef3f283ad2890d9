namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>Where a storage's bytes lie within the file.</summary>
internal readonly record struct StorageBytes(long Offset, long Length);

/// <summary>The object that was saved, and the bytes of the storages that it refers to by key.</summary>
internal sealed record PyTorchContent(object? Root, IReadOnlyDictionary<string, StorageBytes> Storages);
