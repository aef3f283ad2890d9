using System.Buffers.Binary;
using System.Text;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Pickles that ask for more than tensors: each is refused at once and in little memory.</summary>
internal sealed class PickleDamageTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Opcodes_that_tensors_do_not_need_are_refused_by_number()
    {
        // OBJ, INST, NEWOBJ, EXT1, BYTEARRAY8, NEXT_BUFFER, LONG4, BINUNICODE8, text persistent ids.
        foreach (var opcode in new byte[] { (byte)'o', (byte)'i', 0x81, 0x82, 0x96, 0x97, 0x8B, 0x8D, (byte)'P' })
        {
            AssertRefused(new PickleWriter().Proto().Op('N').Raw(opcode), $"the opcode 0x{opcode:X2}");
        }
    }

    [Test]
    public void Missing_operands_and_marks_are_refused()
    {
        AssertRefused(new PickleWriter().Proto().Stop(), "without its operands");
        AssertRefused(new PickleWriter().Op('N').Op('(').Raw(0x85).Stop(), "without its operands");
        AssertRefused(new PickleWriter().Op('t').Stop(), "without one");
        AssertRefused(new PickleWriter().Op('}').Op('(').Text("key").Op('u').Stop(), "a key without a value");
        AssertRefused(new PickleWriter().Op('}').Op('(').Op(')').Op('N').Op('u').Stop(), "neither text nor number");
        AssertRefused(new PickleWriter().Op('N').Op('N').Op('a').Stop(), "an operand of type None");
        AssertRefused(new PickleWriter().Raw((byte)'h', 7).Stop(), "memo entry 7");
        AssertRefused(new PickleWriter().Raw(0x80, 6).Stop(), "protocol 6");
        AssertRefused(new PickleWriter().Proto().Op('N'), "the pickle's end");
    }

    [Test]
    public void Persistent_ids_and_calls_of_other_kinds_are_refused()
    {
        AssertRefused(new PickleWriter().Op('N').Op('Q').Stop(), "a persistent id");
        AssertRefused(new PickleWriter().Tuple(1, 2).Op('Q').Stop(), "a persistent id");
        AssertRefused(
            new PickleWriter().Global("torch._utils", "_rebuild_tensor_v2").Tuple(1, 2, 3).Op('R').Stop(), "a call of");
        AssertRefused(new PickleWriter().Op('N').Op(')').Op('R').Stop(), "an operand of type None");
    }

    [Test]
    public void A_pickle_without_tensors_is_refused_with_its_keys()
    {
        AssertRefused(new PickleWriter().Op('N').Stop(), "no dictionary of tensors");
        AssertRefused(new PickleWriter().BeginState().Text("optimizer").Op('N').EndState(), "\"optimizer\"");
    }

    [TestCase(uint.MaxValue)]
    [TestCase(int.MaxValue)]
    public void A_string_that_claims_gigabytes_is_refused(long length)
    {
        Span<byte> claim = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(claim, (uint)length);
        AssertRefused(new PickleWriter().Proto().Op('X').Raw(claim), $"a string of {length} bytes");
    }

    [Test]
    public void A_line_without_an_end_is_refused()
    {
        AssertRefused(new PickleWriter().Op('c').Raw(Encoding.ASCII.GetBytes(new string('a', 100_000))), "a string of");
    }

    [Test]
    public void Text_that_is_not_utf8_is_refused()
    {
        AssertRefused(new PickleWriter().Op('X').Raw(2, 0, 0, 0, 0xC3, 0x28), "not UTF-8");
    }

    [Test]
    public void Nesting_and_self_reference_cost_no_stack_and_little_memory()
    {
        // A million tuples within each other, then a list that holds itself.
        var nested = new PickleWriter().Op(')').Raw(Enumerable.Repeat((byte)0x85, 900_000).ToArray()).Stop();
        AssertRefused(nested, "no dictionary of tensors");
        AssertRefused(new PickleWriter().Op(']').Raw((byte)'q', 0).Raw((byte)'h', 0).Op('a').Stop(), "no dictionary");
    }

    [Test]
    public void A_memo_bomb_and_endless_opcodes_are_refused()
    {
        // Each level doubles what naive copying would hold: 2^60 elements after 60 levels.
        var bomb = new PickleWriter().Op(')');
        for (byte level = 0; level < 60; level++)
        {
            bomb.Raw((byte)'q', level).Raw((byte)'h', level).Raw(0x86);
        }

        AssertRefused(bomb.Stop(), "no dictionary of tensors");
        AssertRefused(
            new PickleWriter().Raw(Enumerable.Repeat((byte)'(', 1_000_001).ToArray()), "more than 1000000 opcodes");
    }

    [Test]
    public void Copying_one_list_again_and_again_is_charged_for()
    {
        // OrderedDict(list) with a long list, called in a loop through the memo.
        var writer = new PickleWriter().Op(']').Op('(');
        for (var i = 0; i < 5_000; i++)
        {
            writer.Op(']').Op('(').Text("k").Op('N').Op('e');
        }

        writer.Op('e').Raw((byte)'q', 0);
        for (var i = 0; i < 1_000; i++)
        {
            writer.Global("collections", "OrderedDict").Raw((byte)'h', 0).Raw(0x85).Op('R').Op('0');
        }

        AssertRefused(writer.Stop(), "more than 1000000 opcodes");
    }

    [Test]
    public void Two_types_under_one_storage_key_are_refused()
    {
        AssertRefused(
            new PickleWriter().BeginState().Tensor("a", "FloatStorage", "0", 1, 0, [1], [1])
                .Tensor("b", "LongStorage", "0", 1, 0, [1], [1]).EndState(),
            "two types or lengths");
    }

    private void AssertRefused(PickleWriter pickle, string found)
    {
        var path = _folder.Write("pytorch_model.bin", TorchBytes.Zip(pickle.ToArray(), null));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(
            () => PyTorchFile.OpenFile(path), Throws.TypeOf<CheckpointException>().With.Message.Contains(found));

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(256 << 20));
    }
}
