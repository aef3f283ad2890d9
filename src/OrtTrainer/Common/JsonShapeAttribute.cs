using System.Text.Json.Serialization.Metadata;

namespace OrtTrainer.Common;

/// <summary>Says what beside its properties is in the JSON of a record, by a class that tells it.</summary>
/// <param name="shape">Implements <see cref="IJsonShape"/>.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class JsonShapeAttribute(Type shape) : Attribute
{
    /// <summary>Applies the shape of a type that has one; for a resolver of JSON contracts.</summary>
    public static void Apply(JsonTypeInfo info)
    {
        if (GetCustomAttribute(info.Type, typeof(JsonShapeAttribute)) is JsonShapeAttribute attribute)
        {
            attribute.Create().Shape(info);
        }
    }

    private IJsonShape Create() => (IJsonShape)Activator.CreateInstance(shape, nonPublic: true)!;
}
