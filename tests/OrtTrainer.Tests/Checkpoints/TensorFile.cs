using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal static class TensorFile
{
    /// <summary>Every tensor of a safetensors file by name, as floats.</summary>
    public static Dictionary<string, float[]> Read(string path)
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(path);
        return file.Names.ToDictionary(name => name, name =>
        {
            file.TryGet(name, out TensorInfo info);
            float[] values = new float[info.ElementCount];
            file.ReadFloats(name, values);
            return values;
        });
    }
}
