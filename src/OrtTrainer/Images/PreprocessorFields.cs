using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;

namespace OrtTrainer.Images;

/// <summary>The fields of <c>preprocessor_config.json</c>, each in its range or refused by name.</summary>
internal sealed class PreprocessorFields
{
    private const int LargestSide = 8192;

    private static readonly double[] ImageNetMean = [0.485, 0.456, 0.406], ImageNetDeviation = [0.229, 0.224, 0.225];

    private readonly string _path;

    private PreprocessorFields(string path, JsonObject fields)
    {
        _path = path;
        All = fields;
    }

    /// <summary>All fields, as they are in the file.</summary>
    public JsonObject All { get; }

    /// <summary>Whether the file is that of ConvNextImageProcessor, which resizes in a way of its own.</summary>
    public bool IsConvNext =>
        new[] { "image_processor_type", "feature_extractor_type" }.Any(name =>
            All[name]?.ToString().StartsWith("ConvNext", StringComparison.Ordinal) == true);

    /// <summary>How images are resized.</summary>
    public Resampling Resampling => (Resampling)Number("resample", (int)Resampling.Bilinear) is var found
        && Enum.IsDefined(found)
            ? found
            : throw Wrong("resample", "0 to 3: nearest, lanczos, bilinear or bicubic");

    /// <summary>The share of an edge that is left after the middle is cut out.</summary>
    public double CroppedShare => Number("crop_pct", 224.0 / 256) is > 0 and <= 1 and var share
        ? share
        : throw Wrong("crop_pct", "a number above 0, 1 at most");

    /// <summary>Reads the file.</summary>
    /// <exception cref="RunException">It is no JSON object.</exception>
    public static PreprocessorFields Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject fields
                ? new(path, fields)
                : throw new RunException($"{path}: a JSON object was expected. Download or write the file again.");
        }
        catch (JsonException malformed)
        {
            throw new RunException(
                $"{path}: invalid JSON: {malformed.Message} Download or write the file again.", malformed);
        }
    }

    /// <summary>What ViTImageProcessor does where nothing else is said.</summary>
    public static PreprocessorFields Default(string path, int side) => new(path, new JsonObject
    {
        ["do_normalize"] = true,
        ["do_rescale"] = true,
        ["do_resize"] = true,
        ["image_mean"] = new JsonArray(0.5, 0.5, 0.5),
        ["image_processor_type"] = "ViTImageProcessor",
        ["image_std"] = new JsonArray(0.5, 0.5, 0.5),
        ["resample"] = (double)Resampling.Bilinear,
        ["rescale_factor"] = 1.0 / 255,
        ["size"] = new JsonObject { ["height"] = (double)side, ["width"] = (double)side },
    });

    /// <summary>A yes or no.</summary>
    public bool Flag(string field, bool defaultValue = true) => All[field] switch
    {
        null => defaultValue,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        _ => throw Wrong(field, "true or false"),
    };

    /// <summary>A size: the shorter edge, or height and width. A number alone is an edge for ConvNextImageProcessor and
    /// both of the others.</summary>
    public (int? Edge, (int Height, int Width)? Size) SizeOf(string field, int side)
    {
        switch (All[field])
        {
            case null:
                return IsConvNext ? (side, null) : (null, (side, side));
            case JsonValue:
                int number = SideOf(All, field);
                return IsConvNext ? (number, null) : (null, (number, number));
            case JsonObject size when size["shortest_edge"] is not null && !size.ContainsKey("longest_edge"):
                return (SideOf(size, "shortest_edge"), null);
            case JsonObject size when size["height"] is not null && size["width"] is not null:
                return (null, (SideOf(size, "height"), SideOf(size, "width")));
            default:
                throw Wrong(field, "a number, shortest_edge, or height and width");
        }
    }

    /// <summary>From 8-bit values to those of the model.</summary>
    public PixelNormalization Normalization()
    {
        double factor = Flag("do_rescale") ? Number("rescale_factor", 1.0 / 255) : 1;
        if (!Flag("do_normalize"))
        {
            return new(factor, [0, 0, 0], [1, 1, 1]);
        }

        double[] deviation = PerChannel("image_std", IsConvNext ? ImageNetDeviation : [0.5, 0.5, 0.5]);
        return deviation.Contains(0)
            ? throw Wrong("image_std", "three numbers other than 0")
            : new(factor, PerChannel("image_mean", IsConvNext ? ImageNetMean : [0.5, 0.5, 0.5]), deviation);
    }

    private double[] PerChannel(string field, double[] otherwise) => All[field] switch
    {
        null => otherwise,
        JsonArray { Count: PixelImage.Channels } list when list.All(IsNumber) =>
            [.. list.Select(value => value!.GetValue<double>())],
        _ => throw Wrong(field, "three numbers, of red, green and blue"),
    };

    private double Number(string field, double otherwise) => All[field] switch
    {
        null => otherwise,
        var value when IsNumber(value) => value.GetValue<double>(),
        _ => throw Wrong(field, "a number"),
    };

    private int SideOf(JsonObject holder, string field) =>
        IsNumber(holder[field]) && holder[field]!.GetValue<double>() is >= 1 and <= LargestSide and var side
            ? (int)side
            : throw Wrong(field, $"1 to {LargestSide}");

    private static bool IsNumber(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number;

    private RunException Wrong(string field, string expected) => new(
        $"{_path}: {field} is {All[field]?.ToJsonString() ?? "absent"}; expected {expected}. Correct the field.");
}
