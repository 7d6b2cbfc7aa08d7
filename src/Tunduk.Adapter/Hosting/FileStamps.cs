namespace Tunduk.Adapter.Hosting;

/// <summary>Length and time of files: equal where none of them was written, made or removed.</summary>
internal static class FileStamps
{
    public static string Of(IEnumerable<string> files) =>
        string.Join('|', files.Select(file => new FileInfo(file)).Select(file => file.Exists ? $"{file.FullName}:{file.Length}:{file.LastWriteTimeUtc.Ticks}" : file.FullName));
}
