namespace Tunduk.Benchmarks.Protocol;

/// <summary>Which address of an adapter an attachment goes through.</summary>
internal enum AttachmentFace
{
    /// <summary>SOAP from an existing X-Road client.</summary>
    DropIn,

    /// <summary>JSON with attachments at a service's alias.</summary>
    Alias,

    /// <summary>SOAP from the security server, before an information system.</summary>
    Provider,
}
