using OrtTrainer.Graph;

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
        long mask = attributes.Int("mask");
        bool isCausal = mask switch
        {
            (long)AttentionMask.Bidirectional => false,
            (long)AttentionMask.Causal => true,
            _ => throw new ArgumentException($"mask is {mask}; expected 0 (bidirectional) or 1 (causal)."),
        };
        long window = attributes.Int("window");
        if (window is < -1 or > int.MaxValue)
        {
            throw new ArgumentException($"window is {window}; expected -1 (none) to {int.MaxValue}.");
        }

        Reach = new AttentionReach(isCausal, window < 0 ? int.MaxValue : (int)window);
        Dropout = new DropoutSite(attributes);
    }

    public int Heads { get; }

    /// <summary>What scores q · k are multiplied with, 1/√D as a rule.</summary>
    public float Scale { get; }

    /// <summary>Which tokens of its sequence a token sees.</summary>
    public AttentionReach Reach { get; }

    public DropoutSite Dropout { get; }
}
