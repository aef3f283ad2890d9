using OrtTrainer.Checkpoints;

namespace OrtTrainer.Models.Backbones;

/// <summary>Qwen2 and Qwen2.5 (Yang et al., 2024): Llama with biases of queries, keys and values.</summary>
internal sealed class Qwen2(ModelConfig config) : Llama(config)
{
    public override string ClassPrefix => "Qwen2";

    public override string? GenAiType => "qwen2";

    protected override (bool Inner, bool Outer) AttentionBias => (true, false);

    protected override void RequireSupported()
    {
        base.RequireSupported();
        Config.RequireOff("use_sliding_window", "attention to near tokens alone");
    }
}
