using Google.Protobuf;
using OrtTrainer.Logging.TensorBoard;
using OrtTrainer.Logging.TensorBoard.Messages;

namespace OrtTrainer.Tests.Logging.TensorBoard;

public sealed class RecordFileTests
{
    // The check value of CRC-32C is 0xe3069283 ("A Catalogue of Parametrised CRC Algorithms"); masked it is this.
    [Test]
    public void The_checksum_is_a_masked_crc_32c()
    {
        const uint Check = 0xe3069283;
        uint masked = unchecked(((Check >> 15) | (Check << 17)) + 0xa282ead8);
        Assert.That(RecordFile.Masked("123456789"u8), Is.EqualTo(masked));
    }

    [Test]
    public void A_file_of_the_reference_writer_is_read_and_written_again_to_the_byte()
    {
        byte[] golden = Golden();

        byte[][] records = [.. RecordFile.Read(new MemoryStream(golden))];
        using MemoryStream written = new();
        foreach (byte[] record in records)
        {
            RecordFile.Write(written, Event.Parser.ParseFrom(record).ToByteArray());
        }

        Assert.That(records, Has.Length.EqualTo(12));
        Assert.That(written.ToArray(), Is.EqualTo(golden));
    }

    [Test]
    public void What_a_killed_process_left_unfinished_ends_the_file()
    {
        byte[] golden = Golden();
        int whole = RecordFile.Read(new MemoryStream(golden)).Count();

        Assert.That(RecordFile.Read(new MemoryStream(golden[..^3])).Count(), Is.EqualTo(whole - 1));
        golden[^20] ^= 1;
        Assert.That(RecordFile.Read(new MemoryStream(golden)).Count(), Is.EqualTo(whole - 1));
        golden[8] ^= 1;
        Assert.That(RecordFile.Read(new MemoryStream(golden)), Is.Empty);
    }

    internal static byte[] Golden() => File.ReadAllBytes(
        Directory.EnumerateFiles(SharedFiles.Golden("files", "tensorboard"), "events.out.tfevents.*").Single());
}
