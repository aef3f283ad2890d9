using OrtTrainer.Checkpoints;

namespace OrtTrainer.Models;

/// <summary>Fields of config.json that several architectures read alike.</summary>
internal static class ConfigFields
{
    /// <summary><c>classifier_dropout</c>, or the hidden dropout where it is absent or null.</summary>
    public static float ClassifierDropout(this ModelConfig config) =>
        (float)config.GetFloat("classifier_dropout", config.GetFloat("hidden_dropout_prob", 0.1));
}
