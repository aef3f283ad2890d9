using System.IO.Compression;
using System.Text;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal sealed class PyTorchFileTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Both_formats_give_contiguous_transposed_sliced_repeated_and_empty_tensors([Values] bool legacy)
    {
        using var file = Open(SixFloats(legacy));

        Assert.That(file.Names, Is.EqualTo(new[] { "w", "t", "s", "r", "e" }));
        Assert.That(Read(file, "w", 2, 3), Is.EqualTo(new float[] { 1, 2, 3, 4, 5, 6 }));
        Assert.That(Read(file, "t", 3, 2), Is.EqualTo(new float[] { 1, 4, 2, 5, 3, 6 }));
        Assert.That(Read(file, "s", 2, 2), Is.EqualTo(new float[] { 2, 3, 5, 6 }));
        Assert.That(Read(file, "r", 3), Is.EqualTo(new float[] { 6, 6, 6 }));
        Assert.That(Read(file, "e", 0, 4), Is.Empty);
    }

    [TestCase("DoubleStorage", "000000000000F83F", 1.5f)]
    [TestCase("FloatStorage", "0000C03F", 1.5f)]
    [TestCase("HalfStorage", "003E", 1.5f)]
    [TestCase("BFloat16Storage", "C03F", 1.5f)]
    [TestCase("LongStorage", "FEFFFFFFFFFFFFFF", -2f)]
    [TestCase("IntStorage", "FEFFFFFF", -2f)]
    [TestCase("ShortStorage", "FEFF", -2f)]
    [TestCase("CharStorage", "FE", -2f)]
    [TestCase("ByteStorage", "FE", 254f)]
    [TestCase("BoolStorage", "01", 1f)]
    public void Every_storage_type_is_known(string storage, string hex, float expected)
    {
        var pickle = new PickleWriter().BeginState().Tensor("x", storage, "0", 1, 0, [], []).EndState().ToArray();
        using var file = Open(TorchBytes.Zip(pickle, Convert.FromHexString(hex)));

        Assert.That(Read(file, "x"), Is.EqualTo(new[] { expected }));
    }

    [Test]
    public void What_is_no_tensor_is_passed_over_and_module_versions_are_ignored()
    {
        var pickle = new PickleWriter().BeginState().Text("epoch").Integer(3)
            .Tensor("w", "FloatStorage", "0", 6, 0, [6], [1])
            .Op('u').Op('}').Text("_metadata").Op('}').Op('s').Op('b').Stop().ToArray();
        using var file = Open(TorchBytes.Zip(pickle, TorchBytes.SixFloats()));

        Assert.That(file.Names, Is.EqualTo(new[] { "w" }));
    }

    [Test]
    public void Names_that_Python_2_wrote_are_read()
    {
        // OrderedDict([["w", tensor]]) with byte strings.
        var pickle = new PickleWriter().Proto().Global("collections", "OrderedDict").Op(']').Op(']')
            .Raw((byte)'U', 1, (byte)'k').Op('a').Op('N').Op('a').Op('a').Raw(0x85).Op('R').Op('(')
            .Tensor("w", "FloatStorage", "0", 6, 0, [6], [1]).EndState().ToArray();
        using var file = Open(TorchBytes.Zip(pickle, TorchBytes.SixFloats()));

        Assert.That(file.Names, Is.EqualTo(new[] { "w" }));
    }

    [TestCase("posix", "system")]
    [TestCase("builtins", "eval")]
    [TestCase("torch", "FloatStorageX")]
    [TestCase("collections", "defaultdict")]
    [TestCase("numpy.core.multiarray", "_reconstruct")]
    public void Every_other_python_name_is_refused_and_named(string module, string name)
    {
        var byLine = new PickleWriter().Proto().Global(module, name).Op(')').Op('R').Stop().ToArray();
        var byStack = new PickleWriter().Proto().Text(module).Text(name).Raw(0x93).Op(')').Op('R').Stop().ToArray();

        Assert.That(() => Open(TorchBytes.Zip(byLine, null)), Refused($"\"{module}.{name}\""));
        Assert.That(() => Open(TorchBytes.Zip(byStack, null)), Refused($"\"{module}.{name}\""));
    }

    [Test]
    public void Views_that_leave_their_storage_are_refused()
    {
        Assert.That(() => OpenView(count: 6, offset: 1, [6], [1]), Refused("from 1 to 7"));
        Assert.That(() => OpenView(count: 6, offset: -1, [2], [1]), Refused("from -1"));
        Assert.That(() => OpenView(count: 6, offset: 0, [2, 3], [4, 1]), Refused("from 0 to 7"));
        Assert.That(() => OpenView(count: 6, offset: 0, [2, 3], [3]), Refused("1 strides"));
        Assert.That(() => OpenView(count: 6, offset: 0, [-2], [1]), Refused("negative"));
        Assert.That(() => OpenView(count: 7, offset: 0, [6], [1]), Refused("6 elements in its storage"));
        Assert.That(() => OpenView(count: 6, offset: 0, [int.MaxValue], [0]), Refused("2147483647"));
        Assert.That(
            () => OpenView(count: 6, offset: 0, [int.MaxValue, int.MaxValue, int.MaxValue], [0, 0, 0]),
            Refused("2147483647"));
        Assert.That(() => OpenView(count: 6, offset: 0, [2], [int.MaxValue]), Refused("from 0 to 2147483648"));
    }

    [Test]
    public void A_zip_without_a_storage_or_the_pickle_is_refused()
    {
        Assert.That(() => Open(TorchBytes.Zip(TorchBytes.SixFloatsPickle(), null)), Refused("no storage \"0\""));
        Assert.That(
            () => Open(ReplaceText(SixFloats(legacy: false), "archive/data.pkl", "archive/data.xyz")),
            Refused("none of them data.pkl"));
    }

    [Test]
    public void Compressed_encrypted_and_big_endian_archives_are_refused()
    {
        var pickle = TorchBytes.SixFloatsPickle();
        Assert.That(
            () => Open(TorchBytes.Zip(pickle, new byte[1000], compression: CompressionLevel.Optimal)),
            Refused("compression method 8"));
        Assert.That(
            () => Open(TorchBytes.Zip(pickle, TorchBytes.SixFloats(), byteOrder: "big")),
            Refused("other than \"little\""));

        var encrypted = TorchBytes.Zip(pickle, TorchBytes.SixFloats());
        encrypted[encrypted.AsSpan().IndexOf("PK\x01\x02"u8) + 8] |= 1;
        Assert.That(() => Open(encrypted), Refused("encryption"));
    }

    [Test]
    public void Files_of_other_kinds_are_refused_by_their_first_bytes()
    {
        Assert.That(() => Open("version https://git-lfs.github.com/spec/v1"u8.ToArray()), Refused("76657273696F6E20"));
        Assert.That(() => Open([]), Refused("first bytes"));
    }

    [Test]
    public void A_legacy_file_whose_storage_is_cut_or_of_another_length_is_refused()
    {
        var pickle = TorchBytes.SixFloatsPickle();
        Assert.That(() => Open(TorchBytes.Legacy(pickle, new byte[23], 6)), Refused("5 before the file's end"));
        Assert.That(() => Open(TorchBytes.Legacy(pickle, TorchBytes.SixFloats(), 5)), Refused("5 elements"));
        Assert.That(() => Open(TorchBytes.Legacy(pickle, TorchBytes.SixFloats(), long.MaxValue)), Refused("elements"));
        Assert.That(() => Open(TorchBytes.Legacy(pickle, TorchBytes.SixFloats(), 6, version: 1002)), Refused("1001"));
    }

    [Test]
    public void A_file_cut_anywhere_is_refused([Values] bool legacy)
    {
        var whole = SixFloats(legacy);
        for (var length = 0; length < whole.Length; length++)
        {
            Assert.That(() => Open(whole[..length]), Throws.TypeOf<CheckpointException>(), $"{length} bytes");
        }
    }

    [Test]
    public void Random_damage_gives_values_or_a_CheckpointException([Values] bool legacy) =>
        FuzzedFiles.Check(SixFloats(legacy), 2500, PyTorchFile.OpenFile);

    private static NUnit.Framework.Constraints.IResolveConstraint Refused(string found) =>
        Throws.TypeOf<CheckpointException>().With.Message.Contains(found);

    private static byte[] SixFloats(bool legacy) => legacy
        ? TorchBytes.Legacy(TorchBytes.SixFloatsPickle(), TorchBytes.SixFloats(), 6)
        : TorchBytes.Zip(TorchBytes.SixFloatsPickle(), TorchBytes.SixFloats());

    private static byte[] ReplaceText(byte[] bytes, string from, string to) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(bytes).Replace(from, to, StringComparison.Ordinal));

    private static float[] Read(Checkpoint file, string name, params long[] shape)
    {
        var values = new float[file.Require(name, shape).ElementCount];
        file.ReadFloats(name, values);
        return values;
    }

    private PyTorchFile OpenView(int count, int offset, int[] shape, int[] strides) =>
        Open(TorchBytes.Zip(
            new PickleWriter().BeginState().Tensor("w", "FloatStorage", "0", count, offset, shape, strides)
                .EndState().ToArray(),
            TorchBytes.SixFloats()));

    private PyTorchFile Open(byte[] bytes) => PyTorchFile.OpenFile(_folder.Write("pytorch_model.bin", bytes));
}
