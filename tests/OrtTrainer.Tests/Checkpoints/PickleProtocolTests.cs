using System.Text;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>
/// One state dictionary spelled in the opcodes of different pickle protocols: all give the same tensor.
/// </summary>
internal sealed class PickleProtocolTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_parameter_that_wraps_no_tensor_is_refused()
    {
        var pickle = new PickleWriter().BeginState()
            .Text("w").Global("torch._utils", "_rebuild_parameter").Op('(')
            .Tensor("ignored", "FloatStorage", "0", 6, 0, [2, 3], [3, 1]).Raw((byte)'q', 9)
            .Raw(0x88).Global("collections", "OrderedDict").Op(')').Op('R').Op('t');

        // The name that Tensor pushes is the call's first argument here, where the tensor should be.
        AssertRefused(pickle.Op('R').EndState(), "a call of torch._utils._rebuild_parameter");
    }

    [Test]
    public void A_parameter_is_its_tensor() =>
        AssertReads(new PickleWriter().BeginState().Text("w").Global("torch._utils", "_rebuild_parameter").Op('(')
            .Global("torch._utils", "_rebuild_tensor_v2").Op('(').Op('(')
            .Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Raw((byte)'K', 6).Op('t').Op('Q')
            .Raw((byte)'K', 0).Raw((byte)'K', 2, (byte)'K', 3, 0x86).Raw((byte)'K', 3, (byte)'K', 1, 0x86)
            .Raw(0x88).Op('N').Op('t').Op('R').Raw(0x88).Op('N').Op('t').Op('R').EndState());

    [Test]
    public void Protocol_4_with_frames_memos_and_stacked_names() =>
        AssertReads(new PickleWriter().Raw(0x80, 4).Raw(0x95, 1, 2, 3, 4, 5, 6, 7, 8)
            .Raw(Short("collections")).Raw(Short("OrderedDict")).Raw(0x93, 0x94).Op(')').Op('R').Op('(')
            .Raw(Short("w")).Raw(Short("torch._utils")).Raw(0x94).Raw(Short("_rebuild_tensor_v2")).Raw(0x93).Op('(')
            .Op('(').Raw(Short("storage")).Raw(Short("torch")).Raw(Short("FloatStorage")).Raw(0x93)
            .Raw(Short("0")).Raw(Short("cpu")).Raw(0x8A, 1, 6).Op('t').Op('Q')
            .Raw(0x8A, 0).Raw((byte)'M', 2, 0, (byte)'M', 3, 0, 0x86).Raw((byte)'K', 3, (byte)'K', 1, 0x86)
            .Raw(0x89).Raw((byte)'h', 0).Op(')').Op('R').Op('t').Op('R').EndState());

    [Test]
    public void Protocol_1_with_text_integers_and_set_item() =>
        AssertReads(new PickleWriter().Op('}').Raw((byte)'r', 0, 1, 0, 0)
            .Raw((byte)'U', 1, (byte)'w').Global("torch._utils", "_rebuild_tensor_v2").Op('(').Op('(')
            .Raw((byte)'T', 7, 0, 0, 0).Raw("storage"u8).Global("torch", "FloatStorage").Text("0").Text("cpu")
            .Raw("I6\n"u8).Op('t').Op('Q').Raw("L0L\n"u8).Tuple(2, 3).Tuple(3, 1).Raw("I00\n"u8).Op('N').Op('t').Op('R')
            .Op('s').Op('N').Op('0').Op('0').Raw((byte)'j', 0, 1, 0, 0).Stop());

    [Test]
    public void The_oldest_call_without_hooks() =>
        AssertReads(new PickleWriter().BeginState().Text("w").Global("torch._utils", "_rebuild_tensor").Op('(').Op('(')
            .Text("storage").Global("torch", "FloatStorage").Text("0").Text("cuda:0").Integer(6).Op('N').Op('t').Op('Q')
            .Integer(0).Tuple(2, 3).Tuple(3, 1).Op('t').Op('R').EndState());

    [Test]
    public void A_later_value_of_a_name_replaces_the_earlier_one() =>
        AssertReads(new PickleWriter().BeginState()
            .Tensor("w", "FloatStorage", "0", 6, 0, [6], [1])
            .Tensor("w", "FloatStorage", "0", 6, 0, [2, 3], [3, 1]).EndState());

    [Test]
    public void Storages_that_are_views_of_others_are_refused()
    {
        var pickle = new PickleWriter().BeginState().Text("w").Op('(')
            .Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Integer(6).Tuple(0, 1, 2)
            .Op('t').Op('Q')
            .EndState();

        AssertRefused(pickle, "a persistent id of another kind");
    }

    [TestCase("I99999999999999999999\n")]
    [TestCase("Lx\n")]
    [TestCase("I 1\n")]
    public void Text_that_is_no_integer_is_refused(string opcode) =>
        AssertRefused(new PickleWriter().Raw(Encoding.ASCII.GetBytes(opcode)).Stop(), "the integer");

    [Test]
    public void Integers_of_more_than_64_bits_are_no_sizes()
    {
        var pickle = new PickleWriter().BeginState().Text("w").Global("torch._utils", "_rebuild_tensor_v2")
            .Op('(').Op('(').Text("storage").Global("torch", "FloatStorage").Text("0").Text("cpu").Integer(6)
            .Op('t').Op('Q').Integer(0).Op('(').Raw(0x8A, 9, 1, 0, 0, 0, 0, 0, 0, 0, 1).Op('t').Tuple(1)
            .Raw(0x89).Op('N').Op('t').Op('R');

        AssertRefused(pickle.EndState(), "a shape or stride that is no number");
    }

    private static byte[] Short(string text) => [0x8C, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private void AssertReads(PickleWriter pickle)
    {
        using var file = Open(pickle);
        var values = new float[6];

        file.ReadFloats("w", values);

        Assert.That(file.Require("w", 2, 3).ElementType, Is.EqualTo(ElementType.Float32));
        Assert.That(values, Is.EqualTo(new float[] { 1, 2, 3, 4, 5, 6 }));
    }

    private void AssertRefused(PickleWriter pickle, string found) =>
        Assert.That(() => Open(pickle), Throws.TypeOf<CheckpointException>().With.Message.Contains(found));

    private PyTorchFile Open(PickleWriter pickle) =>
        PyTorchFile.OpenFile(_folder.Write("m.bin", TorchBytes.Zip(pickle.ToArray(), TorchBytes.SixFloats())));
}
