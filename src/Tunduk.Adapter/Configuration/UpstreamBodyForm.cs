namespace Tunduk.Adapter.Configuration;

/// <summary>Form of a body that <c>tunduk.adapter.v1.Provider</c> is sent.</summary>
public enum UpstreamBodyForm
{
    /// <summary>JSON as UTF-8.</summary>
    Json,

    /// <summary><c>google.protobuf.Struct</c>; numbers that a double cannot hold exactly are strings.</summary>
    Struct,

    /// <summary>The operation's element as XML.</summary>
    Xml,
}
