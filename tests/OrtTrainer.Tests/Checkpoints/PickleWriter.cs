using System.Buffers.Binary;
using System.Text;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Writes pickles opcode by opcode, as torch.save does and as it would never do.</summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public PickleWriter Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public PickleWriter Proto() => Raw(0x80, 2);

    public PickleWriter Stop() => Raw((byte)'.');

    public PickleWriter Op(char opcode) => Raw((byte)opcode);

    public PickleWriter Global(string module, string name) =>
        Raw((byte)'c').Raw(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));

    public PickleWriter Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        return Op('X').Int32(utf8.Length).Raw(utf8);
    }

    public PickleWriter Integer(int value) => Op('J').Int32(value);

    public PickleWriter Tuple(params int[] values)
    {
        Op('(');
        foreach (var value in values)
        {
            Integer(value);
        }

        return Op('t');
    }

    /// <summary>OrderedDict(), then a mark for the items that follow.</summary>
    public PickleWriter BeginState() => Proto().Global("collections", "OrderedDict").Op(')').Op('R').Op('(');

    public PickleWriter EndState() => Op('u').Stop();

    /// <summary>A name and a call of _rebuild_tensor_v2 with its storage's persistent id.</summary>
    public PickleWriter Tensor(
        string name, string storage, string key, int count, int offset, int[] shape, int[] strides) =>
        Text(name).Global("torch._utils", "_rebuild_tensor_v2").Op('(')
            .Op('(').Text("storage").Global("torch", storage).Text(key).Text("cpu").Integer(count).Op('t').Op('Q')
            .Integer(offset).Tuple(shape).Tuple(strides).Raw(0x89)
            .Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');

    private PickleWriter Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return Raw(bytes);
    }
}
