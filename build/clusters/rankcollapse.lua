-- A module for Lmod: put it at modulefiles/rankcollapse/VERSION.lua; the archive is unpacked in ROOT/VERSION.
local root = pathJoin("/shared/software/rankcollapse", myModuleVersion())
help("Trains L2-regularised networks to a stationary point; measures deep neural collapse and low rank: man rankcollapse")
whatis("Name: rankcollapse")
whatis("Version: " .. myModuleVersion())
prepend_path("PATH", root)
prepend_path("MANPATH", pathJoin(root, "share/man"))
prepend_path("XDG_DATA_DIRS", pathJoin(root, "share"))
