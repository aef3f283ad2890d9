using System.Text.Json.Serialization.Metadata;

namespace OrtTrainer.Common;

/// <summary>Tells what beside its properties is in the JSON of a record.</summary>
internal interface IJsonShape
{
    /// <summary>Adds to the contract of the record.</summary>
    void Shape(JsonTypeInfo info);
}
