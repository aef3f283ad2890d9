using System.Text.Json.Serialization.Metadata;
using OrtTrainer.Common;
using OrtTrainer.Methods;

namespace OrtTrainer.Options;

/// <summary>
/// The settings of the parts of a method in the JSON of a run's options: each under the name of its part, beside the
/// method itself, such as <c>"method": "swa", "swa": {"start": 0.3}</c>.
/// </summary>
internal sealed class PartProperties : IJsonShape
{
    /// <inheritdoc/>
    public void Shape(JsonTypeInfo info)
    {
        foreach (MethodPart part in MethodRegistry.Parts)
        {
            JsonPropertyInfo property = info.CreateJsonPropertyInfo(part.GetType(), part.Key);
            property.Get = options => ((FineTuneOptions)options).Method.Parts.FirstOrDefault(p => p.Word == part.Word);
            property.Set = (options, settings) => ((FineTuneOptions)options).Take(part.Key, (MethodPart?)settings);
            property.ShouldSerialize = (_, settings) => settings is not null;
            info.Properties.Add(property);
        }

        info.OnDeserialized = options => ((FineTuneOptions)options).SetParts();
    }
}
