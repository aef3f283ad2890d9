using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Which keys of its sequence a query sees: those between two bounds.</summary>
/// <param name="isCausal">Whether only itself and those before it.</param>
/// <param name="window">How many tokens away they are at most; <see cref="int.MaxValue"/> for no limit.</param>
internal readonly struct AttentionReach(bool isCausal, int window)
{
    public bool IsCausal => isCausal;

    /// <summary>What the attributes <c>mask</c> and <c>window</c> say.</summary>
    /// <exception cref="ArgumentException">One is missing or out of range.</exception>
    public static AttentionReach Of(KernelAttributes attributes)
    {
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

        return new AttentionReach(isCausal, window < 0 ? int.MaxValue : (int)window);
    }

    public bool HasWindow => window < int.MaxValue;

    /// <summary>The first key that a query sees.</summary>
    public int First(int query) => Math.Max(0, query - window);

    /// <summary>The key after the last one that a query sees, among <paramref name="length"/>.</summary>
    public int End(int query, int length) => isCausal ? query + 1 : (int)Math.Min(length, (long)query + window + 1);
}
