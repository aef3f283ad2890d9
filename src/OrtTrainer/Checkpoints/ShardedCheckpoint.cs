namespace OrtTrainer.Checkpoints;

/// <summary>
/// Tensors in several files, found through an index. All shards are opened, and checked against the index, at once.
/// </summary>
internal sealed class ShardedCheckpoint : Checkpoint
{
    private readonly Dictionary<string, Checkpoint> _shards = [];
    private readonly Dictionary<string, Checkpoint> _shardOf = [];

    private ShardedCheckpoint(string indexPath, IReadOnlyList<string> names)
        : base(System.IO.Path.GetFullPath(indexPath)) =>
        Names = names;

    public override IReadOnlyList<string> Names { get; }

    /// <exception cref="CheckpointException">A shard is missing or damaged, or lacks a tensor of the index.</exception>
    public static ShardedCheckpoint OpenIndex(string indexPath, Func<string, Checkpoint> openShard)
    {
        var entries = ShardIndex.Read(indexPath);
        var checkpoint = new ShardedCheckpoint(indexPath, [.. entries.Select(entry => entry.Key)]);
        try
        {
            foreach (var (name, file) in entries)
            {
                checkpoint.Add(name, file, openShard);
            }

            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    public override bool TryGet(string name, out TensorInfo info)
    {
        info = null!;
        return _shardOf.TryGetValue(name, out var shard) && shard.TryGet(name, out info);
    }

    public override void Dispose()
    {
        foreach (var shard in _shards.Values)
        {
            shard.Dispose();
        }
    }

    internal override ElementReader OpenElements(TensorInfo info) => _shardOf[info.Name].OpenElements(info);

    private void Add(string name, string file, Func<string, Checkpoint> openShard)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Path)!, file);
        if (!_shards.TryGetValue(file, out var shard))
        {
            if (!File.Exists(path))
            {
                throw new CheckpointException(
                    Path, $"tensor {CheckpointException.Quote(name)}", $"no file {path}",
                    "the shard that the index names",
                    "Download the missing shard.");
            }

            shard = openShard(path);
            _shards.Add(file, shard);
        }

        if (!shard.TryGet(name, out _))
        {
            throw new CheckpointException(
                path, $"tensor {CheckpointException.Quote(name)}", $"{shard.Names.Count} tensors, none of that name",
                $"the tensor that {System.IO.Path.GetFileName(Path)} places here",
                "Index and shards belong to different models: download all of them again.");
        }

        _shardOf.Add(name, shard);
    }
}
