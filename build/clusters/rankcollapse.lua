-- A module for Lmod: put it at modulefiles/rankcollapse/VERSION.lua; the archive is unpacked in this folder. man finds the manual by way of PATH.
local root = pathJoin("/shared/software/rankcollapse", "rankcollapse-" .. myModuleVersion() .. "-linux-x64")
help("Trains L2-regularised networks to a stationary point; measures deep neural collapse and low rank: man rankcollapse")
whatis("Name: rankcollapse")
whatis("Version: " .. myModuleVersion())
prepend_path("PATH", root)
-- The shell's completions. A variable that is not set means these two, which setting it would hide.
if (os.getenv("XDG_DATA_DIRS") or "") == "" then
    append_path("XDG_DATA_DIRS", "/usr/local/share")
    append_path("XDG_DATA_DIRS", "/usr/share")
end
prepend_path("XDG_DATA_DIRS", pathJoin(root, "share"))
