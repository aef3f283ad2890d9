using System.Text.Json.Nodes;
using OrtTrainer.Common;

namespace OrtTrainer.Images;

/// <summary>
/// From an image of any size to what a model takes, as <c>preprocessor_config.json</c> says it: resized to a size or by
/// its shorter edge, cut out of the middle, rescaled and normalized. The conventions are those of transformers'
/// ViTImageProcessor, ConvNextImageProcessor and their relatives.
/// </summary>
internal sealed class ImagePreprocessing
{
    /// <summary>The file's name in a model's folder.</summary>
    public const string FileName = "preprocessor_config.json";

    // ConvNextImageProcessor cuts nothing out of images of this edge or more.
    private const int UncroppedEdge = 384;

    private readonly JsonObject _fields;
    private readonly PixelNormalization _normalization;
    private readonly Resampling _resampling;
    private readonly int? _shorterEdge;
    private readonly (int Height, int Width)? _size;
    private readonly (int Height, int Width)? _crop;

    private ImagePreprocessing(PreprocessorFields fields, int side)
    {
        _fields = fields.All;
        _resampling = fields.Resampling;
        _normalization = fields.Normalization();
        (int? edge, _size) = fields.Flag("do_resize") ? fields.SizeOf("size", side) : (null, null);
        if (!fields.IsConvNext)
        {
            _shorterEdge = edge;
            _crop = fields.Flag("do_center_crop", defaultValue: false) ? fields.SizeOf("crop_size", side).Size : null;
        }
        else if (edge < UncroppedEdge)
        {
            _shorterEdge = (int)(edge / fields.CroppedShare);
            _crop = (edge.Value, edge.Value);
        }
        else if (edge is { } square)
        {
            _size = (square, square);
        }

        (int Height, int Width) = _crop ?? _size ?? (side, side);
        Shape = new(PixelImage.Channels, Height, Width);
    }

    /// <summary>The sizes of the result.</summary>
    public ImageShape Shape { get; }

    /// <summary>What no file says, in words; null where one does.</summary>
    public string? Assumption { get; private init; }

    /// <summary>Reads the file of a model's folder, or takes the defaults of ViTImageProcessor where there is
    /// none.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="side">The rows and columns of images where the file does not say.</param>
    /// <exception cref="RunException">The file is malformed, or asks for what is not built.</exception>
    public static ImagePreprocessing Load(string folder, int side)
    {
        string path = Path.Combine(folder, FileName);
        if (File.Exists(path))
        {
            return new(PreprocessorFields.Read(path), side);
        }

        return new(PreprocessorFields.Default(path, side), side)
        {
            Assumption = $"{folder} has no {FileName}: images are resized to {side} x {side} and values brought from " +
                "0..255 to -1..1. Add the file that the model was trained with if it was another.",
        };
    }

    /// <summary>The file that says the same.</summary>
    public JsonObject ToJson() => (JsonObject)_fields.DeepClone();

    /// <summary>Brings an image into the size of the model.</summary>
    /// <exception cref="RunException">It is not resized, and has another size.</exception>
    public ProcessedImage Process(PixelImage image)
    {
        if (_size is { } size)
        {
            image = image.Resize(size.Width, size.Height, _resampling);
        }
        else if (_shorterEdge is { } edge)
        {
            int shorter = Math.Min(image.Width, image.Height);
            int Scaled(int side) => side == shorter ? edge : (int)((long)edge * side / shorter);
            image = image.Resize(Scaled(image.Width), Scaled(image.Height), _resampling);
        }

        if (_crop is { } crop && crop.Height <= image.Height && crop.Width <= image.Width)
        {
            image = image.Crop(
                (image.Width - crop.Width) / 2, (image.Height - crop.Height) / 2, crop.Width, crop.Height);
        }

        return image.Height == Shape.Height && image.Width == Shape.Width
            ? new(image, _normalization)
            : throw new RunException($"an image has {image.Width} x {image.Height} pixels; expected {Shape.Width} x " +
                $"{Shape.Height}, as {FileName} resizes none. Resize it, or set do_resize to true there.");
    }
}
