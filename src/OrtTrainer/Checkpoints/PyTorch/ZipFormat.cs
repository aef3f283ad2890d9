namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>
/// What <c>torch.save</c> writes since version 1.6: a zip archive with one folder that holds the pickle
/// <c>data.pkl</c> and each storage as <c>data/KEY</c>, all uncompressed.
/// </summary>
internal static class ZipFormat
{
    private const string PickleName = "/data.pkl";
    private const string StorageFolder = "/data/";

    public static bool Recognises(ReadOnlySpan<byte> firstBytes) => firstBytes.StartsWith("PK\x03\x04"u8);

    public static PyTorchContent Read(CheckpointBytes file)
    {
        var entries = ZipDirectory.Read(file);
        var pickle = entries.Values.FirstOrDefault(entry => entry.Name.EndsWith(PickleName, StringComparison.Ordinal));
        if (pickle.Name is null)
        {
            throw new CheckpointException(
                file.Path, "zip archive", $"{entries.Count} entries, none of them data.pkl", "what torch.save writes",
                "Check that this is the weight file.");
        }

        var folder = pickle.Name[..^PickleName.Length];
        CheckByteOrder(file, entries, folder);
        var root = new Unpickler(new PickleInput(file, pickle.Offset, pickle.Offset + pickle.Length)).Read();
        var prefix = folder + StorageFolder;
        var storages = entries.Values
            .Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Name[prefix.Length..], entry => new StorageBytes(entry.Offset, entry.Length));
        return new PyTorchContent(root, storages);
    }

    private static void CheckByteOrder(
        CheckpointBytes file, IReadOnlyDictionary<string, ZipEntry> entries, string folder)
    {
        if (!entries.TryGetValue($"{folder}/byteorder", out var entry))
        {
            return;
        }

        Span<byte> order = stackalloc byte["little".Length];
        if (entry.Length == order.Length)
        {
            file.Read(entry.Offset, order, "byteorder");
        }

        if (!order.SequenceEqual("little"u8))
        {
            throw new CheckpointException(
                file.Path, "zip entry byteorder", "an order other than \"little\"", "little-endian storages",
                "Save the model on a little-endian machine, or convert it to safetensors.");
        }
    }
}
