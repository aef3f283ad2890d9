namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The attributes of attention and of its gradient.</summary>
internal readonly struct AttentionAttributes
{
    public AttentionAttributes(KernelAttributes attributes)
    {
        long heads = attributes.Int("heads");
        if (heads is < 1 or > 65_536)
        {
            throw new ArgumentException($"heads is {heads}; expected 1 to 65536.");
        }

        Heads = (int)heads;
        Scale = attributes.Float("scale");
        Dropout = new DropoutSite(attributes);
    }

    public int Heads { get; }

    /// <summary>What scores q · k are multiplied with, 1/√D as a rule.</summary>
    public float Scale { get; }

    public DropoutSite Dropout { get; }
}
