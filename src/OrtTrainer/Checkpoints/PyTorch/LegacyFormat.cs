using System.Buffers.Binary;

namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>
/// What <c>torch.save</c> wrote before version 1.6: five pickles (magic number, protocol version, system facts, the
/// object, the storage keys), then each storage as a 64-bit element count and its raw bytes.
/// </summary>
internal static class LegacyFormat
{
    private const long ProtocolVersion = 1001;

    // 0x1950a86a20f9469cfc6c, as pickle writes it: little-endian.
    private static ReadOnlySpan<byte> Magic => [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19];

    // PROTO 2, LONG1 of ten bytes.
    private static ReadOnlySpan<byte> MagicPickle => [0x80, 0x02, 0x8A, 0x0A];

    public static bool Recognises(ReadOnlySpan<byte> firstBytes) =>
        firstBytes.StartsWith(MagicPickle) && firstBytes[MagicPickle.Length..].StartsWith(Magic);

    public static PyTorchContent Read(CheckpointBytes file)
    {
        var input = new PickleInput(file, 0, file.Length);
        _ = new Unpickler(input).Read();
        var version = new Unpickler(input).Read();
        if (version is not ProtocolVersion)
        {
            throw input.Bad($"a protocol version other than {ProtocolVersion}", $"{ProtocolVersion}");
        }

        _ = new Unpickler(input).Read();
        var unpickler = new Unpickler(input);
        var root = unpickler.Read();
        if (new Unpickler(input).Read() is not List<object?> keys)
        {
            throw input.Bad("no list of storage keys", "a list");
        }

        return new PyTorchContent(root, FindStorages(input, keys, unpickler.Storages));
    }

    private static Dictionary<string, StorageBytes> FindStorages(
        PickleInput input, List<object?> keys, IReadOnlyDictionary<string, StorageReference> references)
    {
        var file = input.File;
        var position = input.Position;
        var storages = new Dictionary<string, StorageBytes>();
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (var item in keys)
        {
            if (item is not string key || !references.TryGetValue(key, out var reference) || storages.ContainsKey(key))
            {
                throw input.Bad("a storage key that no tensor uses, or one twice", "the key of each storage once");
            }

            var part = $"storage {CheckpointException.Quote(key)}";
            file.Read(position, count, part);
            position += sizeof(long);
            var written = BinaryPrimitives.ReadInt64LittleEndian(count);
            var available = (file.Length - position) / reference.ElementType.Size();
            if (written != reference.Count || written > available)
            {
                throw new CheckpointException(
                    file.Path, part, $"{written} elements, {available} before the file's end", $"{reference.Count}",
                    "The file is truncated or damaged: download or copy it again.");
            }

            var length = written * reference.ElementType.Size();
            storages.Add(key, new StorageBytes(position, length));
            position += length;
        }

        return storages;
    }
}
