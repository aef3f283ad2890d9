namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The attributes of attention and of its gradient.</summary>
internal readonly struct AttentionAttributes
{
    public AttentionAttributes(KernelAttributes attributes, AttentionForm form = AttentionForm.Plain)
    {
        long heads = attributes.Int("heads");
        if (heads is < 1 or > 65_536)
        {
            throw new ArgumentException($"heads is {heads}; expected 1 to 65536.");
        }

        Heads = (int)heads;
        long keyHeads = form == AttentionForm.Shared ? attributes.Int("keyHeads") : heads;
        if (keyHeads < 1 || heads % keyHeads != 0)
        {
            throw new ArgumentException($"keyHeads is {keyHeads}; expected a divisor of {heads} heads.");
        }

        KeyHeads = (int)keyHeads;
        Scale = attributes.Float("scale");
        Dropout = new DropoutSite(attributes);
    }

    /// <summary>Heads of queries.</summary>
    public int Heads { get; }

    /// <summary>Heads of keys and values.</summary>
    public int KeyHeads { get; }

    /// <summary>What scores q · k are multiplied with, 1/√D as a rule.</summary>
    public float Scale { get; }

    public DropoutSite Dropout { get; }
}
