using OrtTrainer.Data;
using OrtTrainer.Images;

namespace OrtTrainer.Tasks.ImageClassification;

/// <summary>A folder with a folder of images for each class, named as the class.</summary>
internal static class ClassFolders
{
    /// <summary>The images class by class, both in the order of their names' characters.</summary>
    /// <exception cref="DataFileException">A class has no images, or images lie beside the classes.</exception>
    public static IEnumerable<Example> Read(string folder)
    {
        string[] classes = [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)];
        if (Directory.GetFiles(folder).FirstOrDefault(ImageDecoder.IsImage) is { } stray)
        {
            throw new DataFileException(
                folder, null, $"the image {Path.GetFileName(stray)} lies beside the folders of classes; expected a " +
                "folder of images per class, such as cat/1.png. Move it into the folder of its class.");
        }

        foreach (string path in classes)
        {
            string[] images =
            [
                .. Directory.GetFiles(path, "*", SearchOption.AllDirectories).Where(ImageDecoder.IsImage)
                    .Order(StringComparer.Ordinal),
            ];
            if (images.Length == 0)
            {
                throw new DataFileException(
                    path, null, $"there are no images in it; expected files that end in " +
                    $"{string.Join(", ", ImageDecoder.Extensions)}. Put some there, or take the folder out.");
            }

            foreach (string image in images)
            {
                yield return new ImageExample(image, Path.GetFileName(path));
            }
        }
    }
}
