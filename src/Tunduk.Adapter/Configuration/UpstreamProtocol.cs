namespace Tunduk.Adapter.Configuration;

/// <summary>What an own information system speaks.</summary>
public enum UpstreamProtocol
{
    /// <summary>JSON over HTTP POST, by the service's contract.</summary>
    Json,

    /// <summary>SOAP 1.1 without X-Road headers.</summary>
    Soap,

    /// <summary><c>tunduk.adapter.v1.Provider</c> over HTTP/2, by the service's contract.</summary>
    Grpc,

    /// <summary>REST as it is: method, path, query and body.</summary>
    Rest,
}
