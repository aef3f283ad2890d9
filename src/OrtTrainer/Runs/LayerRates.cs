using System.Globalization;
using OrtTrainer.Models;

namespace OrtTrainer.Runs;

/// <summary>Layer-wise rate decay: the deeper a parameter lies, the lower its learning rate.</summary>
internal static class LayerRates
{
    /// <summary>
    /// What the rate of a view is multiplied with: 1 for the head and the pooler, <c>decay^(depth - l)</c> for layer
    /// l, counted from 0, and <c>decay^(depth + 1)</c> for the embeddings (BEiT's convention). Null for a decay of 1.
    /// </summary>
    public static Func<ParameterView, double>? Of(double decay, PretrainedModel model)
    {
        Architecture architecture = model.Architecture;
        int depth = model.Config.GetInt("num_hidden_layers");
        return decay == 1 ? null : view => Math.Pow(decay, LevelsBelowHead(view.Parts[0].Name));

        int LevelsBelowHead(string name)
        {
            if (name.StartsWith(architecture.LayerPrefix, StringComparison.Ordinal))
            {
                string layer = name[architecture.LayerPrefix.Length..].Split('.')[0];
                return depth - int.Parse(layer, CultureInfo.InvariantCulture);
            }

            return name.StartsWith(architecture.BasePrefix + "embeddings.", StringComparison.Ordinal) ? depth + 1 : 0;
        }
    }
}
