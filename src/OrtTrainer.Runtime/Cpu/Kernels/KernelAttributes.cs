using OrtTrainer.Runtime.Native;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The attributes of a node, and those inputs that never change; valid while its kernel is created.</summary>
public readonly unsafe struct KernelAttributes
{
    private readonly string _operator;
    private readonly void* _info;

    internal KernelAttributes(string name, void* info)
    {
        _operator = name;
        _info = info;
    }

    /// <exception cref="ArgumentException">The node has no such float attribute.</exception>
    public float Float(string name) =>
        OrtFunctions.TryGetAttribute(_info, name, out float value) ? value : throw Missing(name, "float");

    /// <exception cref="ArgumentException">The node has no such int attribute.</exception>
    public long Int(string name) =>
        OrtFunctions.TryGetAttribute(_info, name, out long value) ? value : throw Missing(name, "int");

    /// <exception cref="ArgumentException">The node has no such string attribute.</exception>
    public string Text(string name) =>
        OrtFunctions.TryGetAttribute(_info, name, out string value) ? value : throw Missing(name, "string");

    /// <summary>
    /// Input <paramref name="index"/> if it is the same in every run, as an initializer of the graph is, which stays
    /// where it lies until the session ends; null for any other.
    /// </summary>
    internal KernelTensor? Constant(int index) =>
        OrtFunctions.KernelInfoGetConstantInput(_info, index) is var value && value != null
            ? new KernelTensor(value)
            : null;

    private ArgumentException Missing(string name, string type) =>
        new($"a node {_operator} lacks its {type} attribute {name}.");
}
